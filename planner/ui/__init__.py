"""The app's pages; nothing else imports streamlit."""
