"""Stories: which one an article belongs to, what it adds, what is counted, whose reports there are. Pure."""
