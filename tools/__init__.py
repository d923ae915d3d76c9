"""What development needs beside the package; nothing here is installed."""
