"""The Sphinx project of the discovery site; ``featurecat docs build`` says which catalog and which name."""

project = "features"
author = ""
project_copyright = ""
extensions = ["featurecat_sphinx"]
exclude_patterns = ["README.md"]
html_theme = "furo"
html_title = "features"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_permalinks_icon = "#"
html_theme_options = {"top_of_page_buttons": []}
