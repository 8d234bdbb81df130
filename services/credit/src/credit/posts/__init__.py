"""The copy of posts that credit keeps: how many seats each has, and so which are open."""
