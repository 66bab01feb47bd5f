"""From somebody's file to typed records, with the file and the line of everything that is wrong."""
