"""How people stand in a year: what they owe and have, each number with the records it comes from."""
