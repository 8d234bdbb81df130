"""Single talks: free slots of mentors, and who asks for one."""
