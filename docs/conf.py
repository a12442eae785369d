"""The project's own documentation; ``docs/build.py`` prepares its pages and the catalog that they show."""

project = "featurecat"
author = ""
project_copyright = ""
html_title = "featurecat"

extensions = ["myst_parser", "featurecat_sphinx"]
myst_heading_anchors = 4
# other pages of the site, such as site:explorer.html; the address is taken from the site's root
myst_url_schemes = {"http": None, "https": None, "mailto": None, "site": "{{path}}"}
# data as CSV has no lexer, and … stands for what varies, in JSON as well
suppress_warnings = ["misc.highlighting_failure"]

fc_project = "flights"

html_theme = "furo"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_permalinks_icon = "#"
html_theme_options = {"top_of_page_buttons": []}
