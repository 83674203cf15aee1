"""The operator's page: pictures, figures and logs of running streams, in a browser.

`server` runs it on a thread, `app` holds its routes, `login/` says who may look;
`pictures` makes JPEG pairs, `viewers` hands them out, `history` and `recent_log`
remember the last hour; `views` is what is shown, as values. Needs `derain[web]`;
nothing below the command line imports this package.
"""
