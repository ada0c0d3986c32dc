"""Start the app: ``streamlit run app.py -- -w WORKSPACE.gpkg``."""

from planner.ui.main import main

if __name__ == "__main__":
    main()
