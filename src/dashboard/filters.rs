//! Filters and the time range: what each query is given, and which panels that changes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::event::{Notice, Question, Request, Ticket};
use super::menu::{Choice, Item, Menu, MenuKind, matching};
use super::range::Range;
use super::{Dashboard, Typing};
use crate::error::Error;
use crate::queries::{Bound, Fallback, Filter, Param};
use crate::store::Value;

/// Tickets from this panel number on belong to the filters' lists of values.
const CHOICES: usize = usize::MAX / 2;

/// Values listed at most; beyond that, typing is quicker.
const MOST_CHOICES: usize = 500;

/// The time range reaches queries through these parameters, whether or not the dashboard declares them as filters.
const RANGE_PARAMS: [&str; 2] = ["since", "until"];

/// The values a filter can take, as its `choices_sql` says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choices {
    /// Asked for.
    Asked(Ticket),
    /// Known.
    Known(Vec<Value>),
    /// The query that lists them is broken.
    Failed(Error),
}

impl Dashboard {
    /// Returns the filters of the dashboard that have a form of their own.
    #[must_use]
    pub fn filters_on_show(&self) -> Vec<&Filter> {
        let all = self.file.iter().flat_map(|file| &file.filters);
        all.filter(|filter| !RANGE_PARAMS.contains(&filter.name.as_str()))
            .collect()
    }

    /// Returns what a panel's query is given: the time range and the filters it declares, and what the dashboard file
    /// fixes, which wins.
    pub(super) fn given(&self, index: usize) -> BTreeMap<String, Value> {
        let tile = &self.tiles[index];
        let mut given = BTreeMap::new();
        for filter in self.filters_on_show() {
            if let Some(value) = self.filters.get(&filter.name) {
                given.insert(filter.name.clone(), value.clone());
            }
        }
        if let Some((since, until)) = self.range.bounds(self.calendar()) {
            given.insert("since".to_string(), Value::Date(since));
            given.insert("until".to_string(), Value::Date(until));
        }
        let query = self.query(index).ok();
        let asked = query
            .into_iter()
            .flat_map(|query| self.workspace.asked_with(query));
        let params: Vec<&Param> = asked
            .flat_map(|query| &query.header.params)
            .chain(&tile.header.params)
            .collect();
        given.retain(|name, _| {
            params
                .iter()
                .any(|param| param.name.eq_ignore_ascii_case(name))
        });
        given.extend(tile.place.params.clone());
        given
    }

    /// Makes a change and asks the panels whose queries are given something else then.
    fn change_given(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Request> {
        let given = |dashboard: &Self| {
            (0..dashboard.tiles.len())
                .map(|index| dashboard.given(index))
                .collect::<Vec<_>>()
        };
        let before = given(self);
        change(self);
        let after = given(self);
        let concerned = (0..self.tiles.len())
            .filter(|index| before[*index] != after[*index])
            .collect();
        self.ask(concerned)
    }

    pub(super) fn set_range(&mut self, range: Range) -> Vec<Request> {
        if self.file.is_some() && !self.tiles.iter().any(takes_range) {
            self.say(Notice::info(
                "no query of this dashboard takes a time range ($since, $until)",
            ));
        }
        self.change_given(|dashboard| dashboard.range = range)
    }

    pub(super) fn set_filter(&mut self, name: &str, value: Option<Value>) -> Vec<Request> {
        self.change_given(|dashboard| {
            match value {
                Some(value) => dashboard.filters.insert(name.to_string(), value),
                None => dashboard.filters.remove(name),
            };
        })
    }

    pub(super) fn set_typed_filter(&mut self, name: &str, text: &str) -> Vec<Request> {
        match self.param(name).map(|param| param.parse(text)) {
            Some(Ok(value)) => self.set_filter(name, Some(value)),
            Some(Err(error)) => self.say(Notice::warning(error.to_string())),
            None => Vec::new(),
        }
    }

    pub(super) fn open_filters(&mut self) -> Vec<Request> {
        if self.filters_on_show().is_empty() {
            return self.say(Notice::info(
                "this dashboard declares no filters; t sets the time range",
            ));
        }
        self.menu(MenuKind::Filters)
    }

    pub(super) fn filter_items(&self) -> Vec<Item> {
        let item = |filter: &&Filter| Item {
            label: filter.label.clone(),
            detail: self.filter_value(filter),
            names: &[],
            choice: Choice::Filter(filter.name.clone()),
        };
        self.filters_on_show().iter().map(item).collect()
    }

    /// Returns a filter's value in words.
    #[must_use]
    pub fn filter_value(&self, filter: &Filter) -> String {
        match (
            self.filters.get(&filter.name),
            self.param(&filter.name).map(|param| &param.fallback),
        ) {
            (Some(Value::Null), _) | (None, Some(Fallback::Null)) => "all".to_string(),
            (Some(value), _) | (None, Some(Fallback::Value(value))) => value.text(),
            (None, Some(Fallback::Sql(sql))) => sql.clone(),
            (None, None) => "no panel takes it".to_string(),
        }
    }

    /// Opens the values of a filter; the first time its list is asked for.
    pub(super) fn open_choices(&mut self, name: String) -> Vec<Request> {
        let question = self.choices_question(&name);
        self.typing = Typing::Menu(Menu::new(MenuKind::Choices(name.clone())));
        let Some(question) = question else {
            return Vec::new();
        };
        self.choices.insert(name, Choices::Asked(question.ticket));
        vec![Request::Run(question)]
    }

    /// The list is asked for each time the menu opens: new values come with new data, and the known ones stay meanwhile.
    fn choices_question(&mut self, name: &str) -> Option<Question> {
        let sql = self.param(name)?.choices_sql.clone()?;
        let position = self
            .filters_on_show()
            .iter()
            .position(|filter| filter.name == name)?;
        let ticket = self.ticket(CHOICES + position);
        let bound = Bound {
            values: vec![("today".to_string(), Value::Date(self.today()))],
            ..Bound::default()
        };
        Some(Question {
            ticket,
            query: String::new(),
            sql,
            path: PathBuf::new(),
            bound,
            limit: MOST_CHOICES,
        })
    }

    pub(super) fn choice_items(&self, name: &str, text: &str) -> Vec<Item> {
        let Some(param) = self.param(name) else {
            return Vec::new();
        };
        let item = |label: String, detail: &str, value: Option<Value>| Item {
            label,
            detail: detail.to_string(),
            names: &[],
            choice: Choice::Set(name.to_string(), value),
        };
        let reset = match &param.fallback {
            Fallback::Null => item("all".to_string(), "no filter", None),
            Fallback::Value(value) => item("default".to_string(), &value.text(), None),
            Fallback::Sql(sql) => item("default".to_string(), sql, None),
        };
        let known: &[Value] = match self.choices.get(name) {
            Some(Choices::Known(values)) if param.choices.is_empty() => values,
            _ => &param.choices,
        };
        let values = known
            .iter()
            .filter(|value| **value != Value::Null)
            .map(|value| item(value.text(), "", Some(value.clone())));
        let mut items = matching(std::iter::once(reset).chain(values).collect(), text);
        if !text.is_empty()
            && param.choices.is_empty()
            && !items.iter().any(|item| item.label == text)
        {
            let choice = Choice::Typed(name.to_string(), text.to_string());
            items.push(Item {
                label: text.to_string(),
                detail: "as typed".to_string(),
                names: &[],
                choice,
            });
        }
        items
    }

    /// Returns a line about a filter's list of values, if something is to be said about it.
    #[must_use]
    pub fn choices_note(&self, name: &str) -> Option<String> {
        match self.choices.get(name)? {
            Choices::Asked(_) => Some("looking for values".to_string()),
            Choices::Known(_) => None,
            Choices::Failed(error) => Some(error.message.clone()),
        }
    }

    /// Returns the parameter of this name that the first panel with one declares.
    pub(super) fn param(&self, name: &str) -> Option<&Param> {
        let mut params = self.tiles.iter().flat_map(|tile| &tile.header.params);
        params.find(|param| param.name.eq_ignore_ascii_case(name))
    }
}

fn takes_range(tile: &super::Tile) -> bool {
    tile.header
        .params
        .iter()
        .any(|param| RANGE_PARAMS.contains(&param.name.as_str()))
}
