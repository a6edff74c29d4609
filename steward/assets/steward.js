// placeholder until the page script stands
