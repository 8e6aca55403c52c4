"""Which story an article belongs to. Pure: data in, a decision out.

For now a story is an article and its copies: one text in however many outlets. Independent reports of the same event,
in one language or several, are stories of their own until threading learns to tell them.
"""

from crawler.stories.threading import KnownStory, NewStory, story_of

__all__ = ["KnownStory", "NewStory", "story_of"]
