"""Spreadsheets that people send: CSV, XLSX and ODS become rows of named values, whatever their size, in little memory."""
