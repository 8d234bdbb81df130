"""What is said of people for a time, by a closed list: that their post is the result of an equalisation, for one."""
