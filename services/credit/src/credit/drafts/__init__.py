"""Rules tried before they are law: drafts that prove themselves, and what they would change for everybody."""
