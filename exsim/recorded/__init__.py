"""What was recorded: messages in files and streams of any protocol, found again and decoded."""
