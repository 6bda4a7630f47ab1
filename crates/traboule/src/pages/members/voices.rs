//! How voices are shown: names of members from `community`, of shows from `publish`, of organisations from `accounts`.

use std::collections::HashMap;

use accounts::service as accounts_uc;
use community::model::{Voice, VoiceKind};
use community::service::members;
use db::{Failure, Tx};
use kernel::Lang;
use publish::model::Show;
use publish::service as publish_uc;
use publish::web::Links;
use ui::Texts;

use crate::pages::posts::{VoiceView, portrait_path};

/// Names of shows and organisations, which belong to others.
pub(crate) struct Houses {
    shows: Vec<Show>,
    orgs: Vec<accounts::model::Org>,
}

impl Houses {
    /// Everything that has a public name.
    ///
    /// # Errors
    /// The database's failure.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self, Failure> {
        Ok(Self { shows: publish_uc::public_shows(tx).await?, orgs: accounts_uc::list_orgs(tx).await? })
    }

    /// The public shows.
    pub(crate) fn shows(&self) -> &[Show] {
        &self.shows
    }

    /// The organisations.
    pub(crate) fn orgs(&self) -> &[accounts::model::Org] {
        &self.orgs
    }

    /// The name and picture of a voice that is no member.
    fn named(&self, voice: &Voice, lang: Lang) -> Option<(String, Option<String>)> {
        match voice.kind {
            VoiceKind::Show => self.shows.iter().find(|s| s.id == voice.id).map(|show| show_name(show, lang)),
            VoiceKind::Organisation => self.orgs.iter().find(|o| o.id.0 == voice.id).map(|o| (o.name.clone(), None)),
            VoiceKind::Member => None,
        }
    }
}

/// What a show is called, and its picture.
fn show_name(show: &Show, lang: Lang) -> (String, Option<String>) {
    let (own, text) = show.text(lang.code());
    let picture = show.mark.as_ref().or(show.cover.as_ref()).map(|image| Links::image(image, "small"));
    (publish::web::typeset(own, &text.title).into_owned(), picture)
}

/// How voices are shown, by id. One that is closed has no page; one that is not there is left out.
///
/// # Errors
/// The database's failure.
pub(crate) async fn voice_views(
    tx: &mut Tx,
    (texts, links): (&Texts, &Links),
    lang: Lang,
    ids: &[i64],
) -> Result<HashMap<i64, VoiceView>, Failure> {
    let houses = Houses::load(tx).await?;
    let voices = members::voices(tx, ids).await?;
    let people: Vec<i64> = voices.values().filter(|v| v.kind == VoiceKind::Member).map(|v| v.id).collect();
    let people = members::members(tx, &people).await?;
    let view = |voice: &Voice| {
        if voice.closed {
            return VoiceView::gone(texts.text(lang, "members-gone", &[]));
        }
        let named = match people.get(&voice.id) {
            Some(member) => {
                let picture = member.picture.as_deref();
                Some((member.name.clone(), picture.map(|p| portrait_path(&member.handle, p))))
            }
            None => houses.named(voice, lang),
        };
        let (name, picture) = named.unwrap_or_else(|| (format!("@{}", voice.handle), None));
        VoiceView::new(lang, voice.kind, &voice.handle, &name, picture)
    };
    let mut out: HashMap<i64, VoiceView> = voices.values().map(|voice| (voice.id, view(voice))).collect();
    // A show that comes with its organisation is no voice before somebody follows it: it has a page, and no handle.
    for show in houses.shows.iter().filter(|s| ids.contains(&s.id) && !voices.contains_key(&s.id)) {
        let (name, picture) = show_name(show, lang);
        let url = Some(links.from_here(show, Links::show(lang, &show.slug)));
        out.insert(show.id, VoiceView { url, ..VoiceView::new(lang, VoiceKind::Show, "", &name, picture) });
    }
    Ok(out)
}

/// How one voice is shown.
///
/// # Errors
/// The database's failure.
pub(crate) async fn voice_view(
    tx: &mut Tx,
    (texts, links): (&Texts, &Links),
    lang: Lang,
    voice: &Voice,
) -> Result<VoiceView, Failure> {
    let found = voice_views(tx, (texts, links), lang, &[voice.id]).await?.remove(&voice.id);
    Ok(found.unwrap_or_else(|| VoiceView::gone(texts.text(lang, "members-gone", &[]))))
}
