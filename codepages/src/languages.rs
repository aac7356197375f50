//! The document languages other than ActiveSync: a module each, with its `LANGUAGE` and a module of constants a page.
//!
//! ```
//! use wbxml_codepages::Tag;
//! use wbxml_codepages::languages::si;
//!
//! assert_eq!(si::si::indication, Tag::new(0, 0x06));
//! assert_eq!(si::LANGUAGE.public_id, 5);
//! ```

use crate::{ACTIVESYNC, Language};

/// ActiveSync first, then the others; the versions of one in order.
pub(crate) static ALL: &[&Language] = &[
    &ACTIVESYNC,
    &si::LANGUAGE,
    &sl::LANGUAGE,
    &co::LANGUAGE,
    &emn::LANGUAGE,
    &prov::LANGUAGE,
    &wml_1_0::LANGUAGE,
    &wml_1_1::LANGUAGE,
    &wml_1_2::LANGUAGE,
    &wml_1_3::LANGUAGE,
    &wta::LANGUAGE,
    &wta_wml::LANGUAGE,
    &channel_1_1::LANGUAGE,
    &channel_1_2::LANGUAGE,
    &syncml_1_0::LANGUAGE,
    &syncml_1_1::LANGUAGE,
    &syncml_1_2::LANGUAGE,
    &metinf_1_0::LANGUAGE,
    &metinf_1_1::LANGUAGE,
    &metinf_1_2::LANGUAGE,
    &devinf_1_0::LANGUAGE,
    &devinf_1_1::LANGUAGE,
    &devinf_1_2::LANGUAGE,
    &dmddf::LANGUAGE,
    &drmrel::LANGUAGE,
    &ota::LANGUAGE,
    &ota_syncset::LANGUAGE,
    &wv_csp_1_1::LANGUAGE,
    &wv_csp_1_2::LANGUAGE,
    &conml::LANGUAGE,
];

macro_rules! languages {
    ($($(#[$docs:meta])* $module:ident = $folder:literal $(version $version:literal)?;)*) => {$(
        $(#[$docs])*
        pub mod $module {
            crate::code_pages! {
                crate = crate;
                pub language LANGUAGE = $folder $(version $version)?
            }
        }
    )*};
}

languages! {
    /// Service Indication.
    si = "pages/si";
    /// Service Loading.
    sl = "pages/sl";
    /// Cache Operation.
    co = "pages/co";
    /// E-Mail Notification.
    emn = "pages/emn";
    /// Client Provisioning, the rows of 1.1 included.
    prov = "pages/prov";
    /// Wireless Markup Language 1.0, whose names are in capitals.
    wml_1_0 = "pages/wml-1.0";
    /// Wireless Markup Language 1.1.
    wml_1_1 = "pages/wml" version "1.1";
    /// Wireless Markup Language 1.2.
    wml_1_2 = "pages/wml" version "1.2";
    /// Wireless Markup Language 1.3.
    wml_1_3 = "pages/wml" version "1.3";
    /// Wireless Telephony Application events.
    wta = "pages/wta";
    /// WML with telephony.
    wta_wml = "pages/wta-wml" version "1.2";
    /// WTA channel 1.1.
    channel_1_1 = "pages/channel" version "1.1";
    /// WTA channel 1.2.
    channel_1_2 = "pages/channel" version "1.2";
    /// SyncML 1.0.
    syncml_1_0 = "pages/syncml" version "1.0";
    /// SyncML 1.1.
    syncml_1_1 = "pages/syncml" version "1.1";
    /// SyncML 1.2.
    syncml_1_2 = "pages/syncml" version "1.2";
    /// MetInf 1.0.
    metinf_1_0 = "pages/metinf" version "1.0";
    /// MetInf 1.1.
    metinf_1_1 = "pages/metinf" version "1.1";
    /// MetInf 1.2.
    metinf_1_2 = "pages/metinf" version "1.2";
    /// SyncML device information 1.0.
    devinf_1_0 = "pages/devinf" version "1.0";
    /// SyncML device information 1.1.
    devinf_1_1 = "pages/devinf" version "1.1";
    /// SyncML device information 1.2.
    devinf_1_2 = "pages/devinf" version "1.2";
    /// OMA device description framework.
    dmddf = "pages/dmddf";
    /// OMA DRM Rights Expression Language.
    drmrel = "pages/drmrel";
    /// OTA settings: browser settings and bookmarks.
    ota = "pages/ota";
    /// OTA settings: SyncML settings.
    ota_syncset = "pages/ota-syncset";
    /// Wireless Village, client-server protocol 1.1.
    wv_csp_1_1 = "pages/wv-csp" version "1.1";
    /// Wireless Village, client-server protocol 1.2.
    wv_csp_1_2 = "pages/wv-csp" version "1.2";
    /// Nokia ConML.
    conml = "pages/conml";
}
