"""Reports of problems in a pair: sent to a named person outside, and hidden from whoever they are about."""
