"""The copy of units that credit keeps: which is above which, and so whose unit is whose."""
