/** The office pages work without this script; it only saves reloads and clicks. */
import htmx from "htmx.org";
import "./main.css";
import { setUpAlarms } from "./alarms";
import { setUpConfirm } from "./confirm";
import { setUpDrafts } from "./drafts";
import { showFirstFault } from "./faults";
import { setUpHtmx } from "./htmx";
import { setUpLive } from "./live";
import { setUpMaps } from "./map";
import { setUpOnce } from "./once";
import { setUpPanel } from "./panel";
import { setUpRows } from "./rows";
import { setUpSearch } from "./search";
import { setUpToggles } from "./toggles";

setUpHtmx(htmx);
setUpAlarms(document);
setUpToggles(document);
setUpConfirm(document);
setUpOnce(document);
setUpLive(document);
setUpPanel(document, htmx);
setUpSearch(document);
setUpMaps(document);
setUpRows(document);
setUpDrafts(document);
showFirstFault(document);
