"""``python -m exam_tool`` is the command line."""

from exam_tool.cli import main

if __name__ == "__main__":
    main()
