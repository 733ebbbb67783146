//! The frame around a page of somebody's own.

use askama::Template;
use axum::response::Response;
use door::pages::{Corner, Page, menu};
use identity::{Recognised, organisations};
use kernel::Result;

use crate::second::Said;
use crate::visit::Visit;

/// A page of somebody's own.
pub(crate) async fn framed(
    visit: &Visit,
    who: &Recognised,
    title: &str,
    body: &impl Template,
    said: &Said,
) -> Result<Response> {
    let organisation = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
    let organisation = organisation.await?;
    let (language, token) = (visit.language(None), visit.form_token());
    let mut page = Page::new(language, title, &visit.path);
    page.leave = Some(&token);
    page.status = said.status;
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(body);
    visit.keep_language(&mut response);
    said.mark(&mut response);
    Ok(response)
}
