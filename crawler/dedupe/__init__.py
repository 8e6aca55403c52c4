"""Is it known, is it a copy? Addresses, identities and fingerprints of articles; every function is pure.

``urls`` names an article, ``identity`` decides whether an entry is a known article, a new version or a new article,
``fingerprints`` finds texts that share word sequences and ``copies`` decides who had the text first.
"""
