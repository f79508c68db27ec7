import { createApp, h } from "vue";

createApp({ render: () => h("p", "督导") }).mount("#app");
