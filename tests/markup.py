"""Markup as a browser reads it, for tests of what is shown."""

import html.parser


class Reader(html.parser.HTMLParser):
    """What a browser makes of the markup: its tags and attributes, and the text that is seen."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data
