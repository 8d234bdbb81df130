"""A lot of checkers' decisions is made again by somebody who does not see the first; where they differ, by a third."""
