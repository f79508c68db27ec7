/** The addresses the checklist screens go to. */
import { createMemoryHistory, createRouter } from "vue-router";
import CheckPart from "../field/screens/visit/CheckPart.vue";
import RaisedShow from "./RaisedShow.vue";

export const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: "/visits/:id/check/:section?", component: CheckPart, props: ({ params }) => ({ section: params["section"] || "" }) },
    { path: "/visits/:id/problems", component: RaisedShow },
  ],
});
