"""What the resources of xAPI have alike: editions, headers, answers, the alternate way of asking; and those that keep nothing."""
