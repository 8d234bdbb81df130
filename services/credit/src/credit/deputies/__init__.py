"""The copy of deputies that credit keeps: who checks or attests for whom."""
