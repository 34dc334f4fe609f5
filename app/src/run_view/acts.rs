//! What people change on the page of a run, with the acts that change it: after each act it is read again.

use leptos::prelude::*;

use crate::model::RunNotes;
use crate::reads::groups::GroupRead;
use crate::reads::{Loaded, Read, Reply, load};
use crate::server_fns::paths;
use crate::widgets::post_form::Act;
use crate::widgets::tag_editor::Tagged;

/// The notes of the run on the page.
#[derive(Clone, Copy)]
pub struct RunActs {
    /// The run.
    pub run_id: Signal<String>,
    /// What is noted; read again after each act.
    pub notes: Loaded,
    /// Renames and describes.
    pub update: Act,
    /// Adds or changes a tag.
    pub set_tag: Act,
    /// Removes a tag.
    pub delete_tag: Act,
    /// Deletes and restores.
    pub stage: Act,
    /// Links traces.
    pub link: Act,
    /// Takes a link back.
    pub unlink: Act,
}

impl RunActs {
    /// For the run that the address names.
    pub fn new(run_id: Signal<String>) -> Self {
        let update = Act::new(paths::UPDATE_RUN);
        let set_tag = Act::new(paths::SET_RUN_TAG).kept();
        let delete_tag = Act::new(paths::DELETE_RUN_TAG).kept();
        let stage = Act::new(paths::SET_RUN_STAGE);
        let link = Act::new(paths::LINK_TRACES);
        let unlink = Act::new(paths::UNLINK_TRACE);
        let all = [update, set_tag, delete_tag, stage, link, unlink];
        let question = move || {
            Read::Group(GroupRead::RunNotes {
                run: run_id.get(),
                acts: all.iter().map(|act| act.done.get()).sum(),
            })
        };
        Self {
            run_id,
            notes: load(Signal::derive(question)),
            update,
            set_tag,
            delete_tag,
            stage,
            link,
            unlink,
        }
    }

    /// Its tags.
    pub fn tagged(self) -> Tagged {
        Tagged {
            owner: "run_id",
            id: self.run_id,
            notes: self.notes,
            tags: |reply: Reply| reply.open::<RunNotes>().unwrap_or_default().tags,
            set: self.set_tag,
            remove: self.delete_tag,
        }
    }

    /// How often traces were linked or unlinked from this page; their list is read again when it grows.
    pub fn links(&self) -> u32 {
        self.link.done.get() + self.unlink.done.get()
    }

    /// Tells that the notes were read again.
    pub fn settle(&self) {
        for act in [self.delete_tag, self.stage, self.unlink] {
            act.settle();
        }
    }
}
