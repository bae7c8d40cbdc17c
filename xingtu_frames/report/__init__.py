"""What is handed around: texts, files and pictures of a survey."""
