//! What the benches measure against, a file each, and the same work done by wbxml.

#![allow(dead_code, reason = "each bench uses a part of it")]

pub(crate) mod by_hand;
pub(crate) mod libwbxml;
pub(crate) mod memory;
pub(crate) mod postcard;
pub(crate) mod prost;
pub(crate) mod quick_xml;
pub(crate) mod wbxml;
