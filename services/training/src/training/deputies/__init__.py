"""The copy of deputies that training keeps: who checks records for whom."""
