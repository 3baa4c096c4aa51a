//! What customers say about each topic, by feeling: the words of all comments.

use super::feedback::Topic;

/// How a comment sounds; follows from the score beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feeling {
    /// Content.
    Good,
    /// Neither.
    Mixed,
    /// Annoyed.
    Bad,
}

/// Statements about one topic: content, mixed, annoyed.
type Statements = [&'static [&'static str]; 3];

const ONBOARDING: Statements = [
    &[
        "had my first board running in five minutes",
        "the checklist made it really clear what to do next",
        "sharing the first board with my team was super easy",
        "the templates saved me a lot of time",
        "no manual needed, it just made sense",
        "importing from our spreadsheet worked at the first try",
    ],
    &[
        "took me a while to find where to invite people",
        "ok but the tour is a bit long",
        "would be nice to skip the intro",
        "the template gallery is hard to find",
        "setup was fine, permissions were confusing",
    ],
    &[
        "I had no idea what to do after signing up",
        "too many steps before I could see anything useful",
        "could not work out how to share a board",
        "the import failed twice without saying why",
        "the first screen is just empty, now what?",
        "gave up on the setup and asked a colleague",
    ],
];

const CHECKOUT: Statements = [
    &[
        "paying took less than a minute",
        "clear prices, quick checkout",
        "upgrade was painless",
        "invoice arrived right away, thanks",
        "liked that I could pay by invoice",
    ],
    &[
        "checkout is ok but why do you need my phone number",
        "no PayPal?",
        "VAT number field is easy to miss",
        "would prefer to pay yearly",
        "not sure what the team plan adds before paying",
    ],
    &[
        "my card was declined twice and it works everywhere else",
        "the payment page timed out",
        "had to enter my address three times",
        "error message told me nothing",
        "no way to pay by SEPA, so no upgrade for us",
    ],
];

const CHECKOUT_BROKEN: &[&str] = &[
    "payment screen crashes on my Android phone every time",
    "checkout on android is broken, I can't pay you",
    "app closes when I tap pay (Pixel 8)",
    "tried to upgrade four times on my Samsung, always an error",
    "the pay button does nothing on Android since the update",
    "checkout error again and again on android. had to use my laptop",
    "upgrade fails on my phone, payment sheet just disappears",
    "I want to pay but the android app won't let me",
    "since 4.2 the android checkout crashes",
    "was I charged? the app crashed during payment on android",
];

const SUPPORT: Statements = [
    &[
        "got an answer within minutes",
        "friendly and knew exactly what I meant",
        "problem solved in one reply",
        "best support I've had this year",
        "Maria was very patient with me, thank you",
        "they even followed up the next day",
        "quick and competent",
    ],
    &[
        "helpful in the end, but I had to explain it twice",
        "answer was ok, a link to the docs would have been enough",
        "took a couple of messages to be understood",
        "solved, but only a workaround",
        "chat was quick, the fix was not",
    ],
    &[
        "copy and paste answer that had nothing to do with my question",
        "was passed from one person to the next",
        "the issue is still there and the ticket was closed",
        "had to explain everything three times",
        "nobody seems to read the ticket before answering",
        "polite but no solution",
    ],
];

const SLOW_SUPPORT: Statements = [
    &[
        "good answer, but it took a day",
        "helpful once somebody replied",
        "nice person, long wait",
        "solved in the end, the waiting was not great",
    ],
    &[
        "more than a day for a simple question",
        "email support used to be much faster",
        "answer was fine, waiting until the next day was not",
        "slow reply, had found it out myself by then",
        "please answer emails faster",
    ],
    &[
        "waited over 24 hours for a first reply",
        "a whole day without any answer to my email!",
        "support by email is really slow these days",
        "I wrote on Monday and heard back on Wednesday",
        "slow support, we lost a day of work because of it",
        "no reply for a day, then a question that was already answered in my mail",
        "email response time is a joke now",
        "used to get a reply in two hours, now it takes forever",
        "are there still people working in support?",
    ],
];

const PRODUCT: Statements = [
    &[
        "love the boards",
        "our whole team plans the week in here now",
        "simple and fast, exactly what a small team needs",
        "automations save me hours every week",
        "the calendar view is brilliant",
        "we dropped two other tools for this",
        "comments on cards keep everything in one place",
        "works great on my phone too",
        "clean, quick, no clutter",
        "reports are what my boss always asks for",
        "finally a tool my clients understand",
    ],
    &[
        "good tool but search could be better",
        "boards are great, reports are basic",
        "nice, but notifications are a bit much",
        "does the job",
        "mobile app is slower than the web",
        "fine for small projects, gets messy with big ones",
        "good, not great",
        "calendar sync is sometimes late",
    ],
    &[
        "app is slow with more than 100 cards",
        "I get logged out all the time",
        "lost a comment I had just written",
        "too many notifications, can't turn them off",
        "offline mode does not work on the train",
        "keeps loading forever in the morning",
        "search never finds what I look for",
        "the last update moved everything around, why?",
        "recurring tasks are a mess",
    ],
];

const FEATURE_REQUEST: Statements = [
    &[
        "would love a dark mode",
        "great app! a Gantt view would make it perfect",
        "please add a Slack integration",
        "only thing missing is recurring tasks",
        "time tracking would be the cherry on top",
        "would be great to have keyboard shortcuts",
    ],
    &[
        "please add dark mode",
        "need a Gantt or timeline view",
        "any plans for an Outlook calendar sync?",
        "missing sub-tasks",
        "would like to export to Excel",
        "need guest access for clients",
        "a public API would help us a lot",
        "custom fields please",
    ],
    &[
        "still no dark mode after a year",
        "no sub-tasks, so we keep a second list elsewhere",
        "can't export to Excel, that is a no-go for us",
        "no single sign-on, our IT won't allow it",
        "without time tracking it is useless for my invoices",
        "still no Slack integration, really?",
        "we need recurring tasks, asked for it months ago",
    ],
];

const PRICE: Statements = [
    &[
        "fair price for what it does",
        "worth every cent",
        "cheaper than the big ones and just as good",
        "good value for a small team",
    ],
    &[
        "a smaller plan for freelancers would be nice",
        "price is okay if the features keep coming",
        "good app, price is at the limit",
        "would pay yearly for a lower price",
    ],
    &[
        "too expensive for a freelancer",
        "too expensive compared to others",
        "we pay for seats nobody uses",
        "expensive for what is a to-do list",
    ],
];

const PRICE_RISE: Statements = [
    &[
        "worth every cent, even after the increase",
        "a bit more expensive now but still ok",
        "ok with the new price, it saves us more than that",
    ],
    &[
        "getting pricey for a small team",
        "not sure it's worth the new price",
        "price went up, would like to see what for",
        "new price is at the limit for us",
        "the old price was fair, this one is so so",
    ],
    &[
        "25% more for the same features?",
        "the price increase is too much for me",
        "12 to 15 euros overnight, no thanks",
        "you raised the price and I see nothing new",
        "price went up, support went down",
        "can't justify the new price to my boss",
        "too expensive now",
        "why is it so much more expensive all of a sudden?",
    ],
];

const RENEWAL: Statements = [
    &[
        "happy to stay",
        "second year with you, no regrets",
        "keep it up",
        "still the best tool for our team",
    ],
    &[
        "staying for now",
        "ok, but I use only half of it",
        "let's see what the next months bring",
    ],
    &[
        "thinking about leaving",
        "we pay for more than we use",
        "not much has improved since last year",
    ],
];

const LEAVING_PRICE: &[&str] = &[
    "leaving because of the price increase",
    "too expensive since the new prices",
    "the new price is not worth it for me",
    "I would have stayed at the old price",
    "price rise was the last straw",
    "cancelled, too expensive for one person",
    "25% more without any new feature, goodbye",
    "budget cut, the new price did not help",
];
const LEAVING_FEATURE: &[&str] = &[
    "no sub-tasks, no dark mode, we moved on",
    "need a Gantt view for our clients",
    "missing time tracking",
    "we need single sign-on",
    "could not export our data the way we need it",
];
const LEAVING_BUG: &[&str] = &[
    "too many bugs lately",
    "never got the payment to work properly on my phone",
    "lost data twice, can't risk it again",
    "app crashes every day",
];
const LEAVING_SUPPORT: &[&str] = &[
    "waited days for support, not again",
    "nobody answers",
    "support did not help with a simple problem",
    "slow support when we needed it most",
];
const LEAVING_NO_NEED: &[&str] = &[
    "project is finished, might come back",
    "we closed the business",
    "changed jobs",
    "just did not use it enough",
    "nice tool but I don't need it any more",
];
const LEAVING_COMPETITOR: &[&str] = &[
    "my new client uses Trello",
    "moved to a tool with chat built in",
    "the team decided for Asana",
    "found something cheaper that does the same",
    "our company switched everything to Microsoft",
];

/// Words that come before, by feeling.
const OPENERS: Statements = [
    &[
        "Really happy: ",
        "Great! ",
        "Honestly, ",
        "Wow, ",
        "Thanks, ",
        "All good, ",
    ],
    &[
        "Hmm, ",
        "Well, ",
        "Overall good, ",
        "To be honest, ",
        "So so. ",
        "Hi, ",
    ],
    &[
        "Sorry but ",
        "Very disappointed. ",
        "Honestly, ",
        "Seriously? ",
        "Not happy: ",
        "Again: ",
    ],
];
/// Words that come after, by feeling.
const CLOSERS: Statements = [
    &[
        ". Keep going!",
        ". Thank you!",
        " :)",
        ". Would recommend",
        "!",
        ". Told my colleagues already",
        " 👍",
    ],
    &[
        ". Otherwise fine",
        ", but ok",
        ". Please have a look",
        "...",
        ". Maybe I missed something",
    ],
    &[
        ". Please fix",
        "!!",
        ". Looking at other tools now",
        ". Not acceptable",
        " :(",
        ". I expected more",
    ],
];

/// Returns what people with this feeling say about a topic.
pub(super) fn statements(topic: Topic, feeling: Feeling) -> &'static [&'static str] {
    match topic {
        Topic::Onboarding => by_feeling(&ONBOARDING, feeling),
        Topic::Checkout => by_feeling(&CHECKOUT, feeling),
        Topic::CheckoutBroken => CHECKOUT_BROKEN,
        Topic::Support => by_feeling(&SUPPORT, feeling),
        Topic::SlowSupport => by_feeling(&SLOW_SUPPORT, feeling),
        Topic::Product => by_feeling(&PRODUCT, feeling),
        Topic::FeatureRequest => by_feeling(&FEATURE_REQUEST, feeling),
        Topic::Price => by_feeling(&PRICE, feeling),
        Topic::PriceRise => by_feeling(&PRICE_RISE, feeling),
        Topic::Renewal => by_feeling(&RENEWAL, feeling),
        Topic::Leaving("price") => LEAVING_PRICE,
        Topic::Leaving("missing_feature") => LEAVING_FEATURE,
        Topic::Leaving("bug") => LEAVING_BUG,
        Topic::Leaving("support") => LEAVING_SUPPORT,
        Topic::Leaving("competitor") => LEAVING_COMPETITOR,
        Topic::Leaving(_) => LEAVING_NO_NEED,
    }
}

/// Returns the words that come before a statement.
pub(super) fn openers(feeling: Feeling) -> &'static [&'static str] {
    by_feeling(&OPENERS, feeling)
}

/// Returns the words that come after a statement.
pub(super) fn closers(feeling: Feeling) -> &'static [&'static str] {
    by_feeling(&CLOSERS, feeling)
}

fn by_feeling(statements: &Statements, feeling: Feeling) -> &'static [&'static str] {
    let [good, mixed, bad] = statements;
    match feeling {
        Feeling::Good => good,
        Feeling::Mixed => mixed,
        Feeling::Bad => bad,
    }
}
