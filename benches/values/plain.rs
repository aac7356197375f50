//! Text borrowed always, which is what serde borrows without being asked twice.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct PlainSync<'a> {
    #[serde(borrow)]
    pub(crate) collections: Collections<'a>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Collections<'a> {
    #[serde(borrow)]
    pub(crate) collection: Vec<Collection<'a>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Collection<'a> {
    #[serde(borrow)]
    pub(crate) sync_key: &'a str,
    #[serde(borrow)]
    pub(crate) collection_id: &'a str,
    pub(crate) status: u32,
    #[serde(borrow)]
    pub(crate) commands: Commands<'a>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Commands<'a> {
    #[serde(borrow)]
    pub(crate) add: Vec<Add<'a>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Add<'a> {
    #[serde(borrow)]
    pub(crate) server_id: &'a str,
    #[serde(borrow)]
    pub(crate) application_data: Contact<'a>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Contact<'a> {
    #[serde(borrow)]
    pub(crate) first_name: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) last_name: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) file_as: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) email1_address: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) mobile_phone_number: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) business_phone_number: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) company_name: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) job_title: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) home_address_street: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) home_address_city: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) home_address_postal_code: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) birthday: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) categories: Option<Categories<'a>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Categories<'a> {
    #[serde(borrow)]
    pub(crate) category: Vec<&'a str>,
}
