"""Questions with a list of what to show: `Which customers ...? Return their name and number of orders.`"""
