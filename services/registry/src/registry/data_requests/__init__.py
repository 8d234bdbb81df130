"""What people ask about their own data: corrections and restrictions (UU 27/2022)."""
