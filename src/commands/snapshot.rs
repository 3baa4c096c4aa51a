//! `cxtop snapshot`: a dashboard as it would look on a screen, printed once.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::time::Instant;

use jiff::Zoned;
use serde_json::{Value as Json, json};

use super::opened::{Opened, load, open, session};
use super::stop::Stop;
use super::{print, style};
use crate::args::{Common, SnapshotFormat};
use crate::dashboard::{Dashboard, Event, Loaded, Now, Request, Size, Tile, ViewOptions};
use crate::error::{Error, Kind, Result, nearest};
use crate::export;
use crate::panels::{GoalCheck, GoalState, Panel};
use crate::queries;
use crate::screen::{snapshot, terminal};
use crate::store::{Loading, Session};

/// What a missed goal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goals {
    /// It is shown.
    Show,
    /// It is shown, and the exit code says so.
    Require,
}

/// Prints the dashboard.
///
/// # Errors
/// When there is no such dashboard, a panel failed, or a goal is missed that is required.
pub fn execute(
    common: &Common,
    name: Option<&str>,
    format: Option<SnapshotFormat>,
    goals: Goals,
) -> Result<()> {
    let stop = Stop::on_signals()?;
    let mut opened = open(common)?;
    let name = name.map(|name| known(&opened, name)).transpose()?;
    let loading = load(&mut opened, &stop)?;
    let session = session(&opened)?;
    stop.interrupts(session.interrupter())?;
    let dashboard = answered(opened, &loading, &session, name, size(common))?;
    print::stdout(printed(&dashboard, common, format).as_bytes())?;
    if common.timing {
        print::timing(loading.elapsed.as_secs_f64() * 1000.0, &[], loading.rows);
    }
    failures(&dashboard)?;
    if goals == Goals::Require {
        missed(&dashboard)
    } else {
        Ok(())
    }
}

fn known(opened: &Opened, name: &str) -> Result<String> {
    let names = opened
        .workspace
        .dashboards
        .iter()
        .map(|dashboard| dashboard.name.as_str());
    if names.clone().any(|known| known == name) {
        return Ok(name.to_string());
    }
    let error = Error::usage(format!("there is no dashboard `{name}`"));
    Err(match nearest(name, names.clone()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!(
            "there are: {}",
            names.collect::<Vec<_>>().join(", ")
        )),
    })
}

/// The asked size, else the terminal's, else one that fits a wide terminal.
fn size(common: &Common) -> Size {
    match common.size {
        Some(size) => Size {
            width: size.width,
            height: size.height,
        },
        None if std::io::stdout().is_terminal() => terminal::current_size(),
        None => Size {
            width: 120,
            height: 40,
        },
    }
}

/// Returns the dashboard with all its questions answered, one after the other.
fn answered(
    mut opened: Opened,
    loading: &Loading,
    session: &Session,
    name: Option<String>,
    size: Size,
) -> Result<Dashboard> {
    let loaded = Loaded {
        changed: loading.changed.clone(),
        sources: opened.store.health()?,
        latest: opened.store.latest_day()?,
        earliest: opened.store.earliest_day()?,
        notes: Vec::new(),
        first: true,
    };
    let mut dashboard = Dashboard::new(
        opened.workspace,
        ViewOptions {
            dashboard: name,
            size,
            now: now(),
        },
    );
    let mut requests = VecDeque::from(dashboard.update(Event::Loaded(loaded), &now()));
    while let Some(request) = requests.pop_front() {
        if let Request::Run(question) = request {
            let began = Instant::now();
            let result = queries::ask_with_remarks(
                session,
                &question.sql,
                &question.path,
                &question.bound,
                question.limit,
            );
            if let Err(error) = &result
                && error.kind == Kind::Interrupted
            {
                return Err(error.clone());
            }
            let answer = Event::Answered {
                ticket: question.ticket,
                result,
                elapsed: began.elapsed(),
            };
            requests.extend(dashboard.update(answer, &now()));
        }
    }
    Ok(dashboard)
}

fn now() -> Now {
    Now {
        instant: Instant::now(),
        wall: Zoned::now(),
    }
}

fn printed(dashboard: &Dashboard, common: &Common, format: Option<SnapshotFormat>) -> String {
    let (width, height) = (dashboard.size.width, dashboard.size.height);
    let style = style::for_print(common);
    match format {
        Some(SnapshotFormat::Json) => format!("{:#}\n", as_json(dashboard)),
        Some(SnapshotFormat::Ansi) => {
            snapshot::ansi(dashboard, &style::for_terminal(common), width, height)
        }
        None if std::io::stdout().is_terminal() => snapshot::ansi(dashboard, &style, width, height),
        Some(SnapshotFormat::Text) | None => snapshot::text(dashboard, &style, width, height),
    }
}

fn as_json(dashboard: &Dashboard) -> Json {
    json!({
        "workspace": dashboard.workspace.config.title,
        "dashboard": dashboard.file.as_ref().map(|file| &file.name),
        "title": dashboard.file.as_ref().map(|file| &file.title),
        "today": dashboard.today().to_string(),
        "panels": dashboard.tiles.iter().map(panel_as_json).collect::<Vec<_>>(),
    })
}

fn panel_as_json(tile: &Tile) -> Json {
    let answer = tile.state.answer();
    json!({
        "query": tile.place.query,
        "title": tile.title(),
        "about": tile.header.about,
        "error": tile.state.failure().map(|failure| failure.error.to_string()),
        "goals": answer.map(|answer| answer.panel.goals().iter().map(goal_as_json).collect::<Vec<_>>()),
        "rows": answer.map_or(Json::Array(Vec::new()), |answer| export::json::array(answer.panel.grid())),
    })
}

fn goal_as_json(goal: &GoalCheck) -> Json {
    json!({ "name": goal.name, "column": goal.column, "value": goal.value, "state": format!("goal {}", goal.state.word()) })
}

/// Every panel that failed, as one error: the picture shows each where it belongs.
fn failures(dashboard: &Dashboard) -> Result<()> {
    let failures: Vec<String> = dashboard
        .tiles
        .iter()
        .filter_map(|tile| {
            Some(format!(
                "{}: {}",
                tile.place.query,
                tile.state.failure()?.error
            ))
        })
        .collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Error::data(failures.join("\n")))
    }
}

fn missed(dashboard: &Dashboard) -> Result<()> {
    let panels = dashboard
        .tiles
        .iter()
        .filter_map(|tile| Some((tile.title(), &tile.state.answer()?.panel)));
    let missed: Vec<String> = panels
        .flat_map(|(title, panel)| missed_goals(title, panel))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(Error {
        kind: Kind::Goal,
        ..Error::data(format!("goals are missed\n{}", missed.join("\n")))
    })
}

fn missed_goals(title: &str, panel: &Panel) -> Vec<String> {
    let missed = panel
        .goals()
        .iter()
        .filter(|goal| goal.state == GoalState::Missed);
    missed
        .map(|goal| {
            let value = goal
                .value
                .map_or("nothing".to_string(), |value| value.to_string());
            format!(
                "  {title}: goal `{}` wants {}, but {} is {value}",
                goal.name,
                goal.target.at(),
                goal.column
            )
        })
        .collect()
}
