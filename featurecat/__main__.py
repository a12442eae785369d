"""``python -m featurecat``."""

from featurecat.cli.main import entry

if __name__ == "__main__":
    entry()
