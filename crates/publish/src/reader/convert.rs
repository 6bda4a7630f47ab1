//! Turns the raw fields of a document into a [`Feed`]: precedence, values, addresses, identities.
//! Every value that is changed or dropped here is reported.

use super::builder::{Draft, Kind, Raw, RawNode, Value};
use super::fields::Field;
use super::identity::{IdentityInput, identities};
use super::media;
use super::model::{Feed, Item, ReadError};
use super::problems::{Problems, excerpt};
use super::text::{filled, name_without_address, one_line, plain_title};

/// Interprets a draft. The only refusal left is a show without a title.
pub(super) fn finish(draft: Draft) -> Result<Feed, ReadError> {
    let Draft { channel, items, mut problems } = draft;
    let mut reader = Reader { node: &channel, item: None, base: None, problems: &mut problems };
    let mut feed = reader.channel()?;
    let base = feed.link.clone().or_else(|| feed.self_url.clone());
    for (index, node) in items.iter().enumerate() {
        let mut reader = Reader { node, item: Some(index), base: base.as_deref(), problems: &mut problems };
        feed.items.push(reader.item(index));
    }
    drop(items);
    if feed.items.is_empty() {
        problems.add("no_items", None, "The feed has no items.");
    }
    identify(&mut feed.items, &mut problems);
    feed.problems = problems.into_list();
    Ok(feed)
}

fn identify(items: &mut [Item], problems: &mut Problems) {
    let inputs: Vec<IdentityInput<'_>> = items
        .iter()
        .map(|item| IdentityInput {
            guid: item.guid.as_deref(),
            enclosure: item.enclosure.as_ref().map(|enclosure| enclosure.url.as_str()),
            link: item.link.as_deref(),
            title: &item.title,
            published: item.published,
            description: &item.description_html,
        })
        .collect();
    let found = identities(&inputs);
    for (item, identity) in items.iter_mut().zip(found) {
        let plain = [
            item.guid.as_deref(),
            item.enclosure.as_ref().map(|enclosure| enclosure.url.as_str()),
            item.link.as_deref(),
        ];
        let own = plain.into_iter().flatten().next();
        let repeated = match own {
            Some(own) => own != identity,
            None => identity.contains('#'),
        };
        if repeated {
            let text = format!("Another item has the same identity; this one is known as {}.", excerpt(&identity));
            problems.add("repeated_identity", Some(item.index), text);
        }
        item.identity = identity;
    }
}

/// Reads the fields of one node and reports for one item or the channel.
pub(super) struct Reader<'a> {
    /// The raw fields.
    pub node: &'a RawNode,
    /// Position of the item, or nothing for the channel.
    pub item: Option<usize>,
    /// Base for relative addresses.
    pub base: Option<&'a str>,
    /// Where to report.
    pub problems: &'a mut Problems,
}

impl<'a> Reader<'a> {
    /// Reports for this node.
    pub(super) fn report(&mut self, code: &'static str, text: impl Into<String>) {
        self.problems.add(code, self.item, text);
    }

    // First value of a field that is not blank.
    pub(super) fn value(&self, field: Field) -> Option<&'a Value> {
        self.values(field).find(|value| !value.text.trim().is_empty())
    }

    pub(super) fn values(&self, field: Field) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.node.texts.iter().filter(move |(known, _)| *known == field).map(|(_, value)| value)
    }

    pub(super) fn text(&self, field: Field) -> Option<&'a str> {
        self.value(field).map(|value| value.text.trim())
    }

    /// Elements of one kind, in document order.
    pub(super) fn raws(&self, kind: Kind) -> impl Iterator<Item = &'a Raw> + use<'a> {
        self.node.raws.iter().filter(move |raw| raw.kind == kind)
    }

    fn channel(&mut self) -> Result<Feed, ReadError> {
        let title = self.title();
        if title.is_empty() {
            return Err(ReadError::NoShowTitle);
        }
        let self_url = self.raws(Kind::SelfLink).find_map(|raw| raw.value.attr("href"));
        let self_url = self_url.and_then(|url| self.url(url, "atom:link"));
        let link = self.link();
        // Relative addresses in the channel itself can use what was just read.
        let base = link.clone().or_else(|| self_url.clone());
        let mut inner = Reader { node: self.node, item: None, base: base.as_deref(), problems: self.problems };
        let reader = &mut inner;
        Ok(Feed {
            title,
            link,
            description: reader.html(&[Field::Description, Field::Summary, Field::Content, Field::Subtitle]),
            language: reader.language(),
            author: reader.author(),
            owner_name: reader.text(Field::OwnerName).and_then(name_without_address),
            image_url: reader.image(),
            explicit: reader.explicit(),
            categories: reader.categories(),
            show_type: reader.show_type(),
            copyright: reader.text(Field::Copyright).map(one_line),
            podcast_guid: reader.text(Field::Guid).and_then(filled),
            locked: reader.flag(Field::Locked, "bad_locked", "podcast:locked"),
            funding: reader.funding(),
            persons: reader.persons(),
            medium: reader.text(Field::Medium).map(str::to_lowercase),
            new_feed_url: reader.text(Field::NewFeedUrl).and_then(|url| reader.url(url, "itunes:new-feed-url")),
            complete: reader.is_yes(Field::Complete),
            blocked: reader.is_yes(Field::Block) || reader.blocks_all(),
            txt: reader.txt(),
            update_frequency: reader.update_frequency(),
            trailers: reader.trailers(),
            self_url,
            items: Vec::new(),
            problems: Vec::new(),
        })
    }

    fn item(&mut self, index: usize) -> Item {
        let description_html = self.html(&[Field::Content, Field::Description, Field::Summary]);
        let guid = self.text(Field::Guid).and_then(filled);
        if guid.is_none() {
            self.report("missing_guid", "The item has no GUID.");
        }
        let title = self.title();
        if title.is_empty() {
            self.report("missing_title", "The item has no title.");
        }
        let summary = [Field::Summary, Field::Description]
            .into_iter()
            .filter_map(|field| self.text(field))
            .find(|text| *text != description_html.trim());
        let published_raw = self.text(Field::Published).or_else(|| self.text(Field::AltPublished));
        let (enclosure, alternate_enclosures) = media::enclosures(self);
        Item {
            index,
            guid_is_permalink: guid.as_deref().is_some_and(|guid| self.is_permalink(guid)),
            guid,
            identity: String::new(),
            title,
            link: self.link(),
            description_html,
            subtitle: self.text(Field::Subtitle).map(|text| plain_title(text).0).filter(|text| !text.is_empty()),
            summary: summary.map(str::to_string),
            published: self.date(published_raw),
            // A date element that holds an address is a mistake whose content must not be stored.
            published_raw: published_raw.map(one_line).filter(|raw| !raw.contains('@')),
            enclosure,
            alternate_enclosures,
            duration_s: self.duration(),
            image_url: self.image(),
            explicit: self.explicit(),
            blocked: self.is_yes(Field::Block),
            season: self.number(&[Field::Season, Field::AltSeason], "bad_season"),
            episode: self.number(&[Field::Episode, Field::AltEpisode], "bad_episode"),
            episode_type: self.episode_type(),
            author: self.author(),
            transcripts: self.transcripts(),
            chapters_url: self.chapters(),
            psc_chapters: self.psc(),
            persons: self.persons(),
            soundbites: self.soundbites(),
        }
    }
}
