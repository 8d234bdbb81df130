"""A synthetic nation: agencies, people and a year of learning from one seed, and its loader.

Nothing here is true of a living person. The public names are those of ministries and regions.
"""
