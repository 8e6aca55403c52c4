"""The mails as people meet them: samples, pictures, and what other programs say of them."""
