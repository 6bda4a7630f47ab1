//! One server with which a media team owns its platform.
