//! Shell, forms, languages, errors, security headers and page cache of every page.
