/** The drawings this app uses, out of the icons shared with the office pages. */
import alert from "../../shared/icons/alert-triangle.svg?raw";
import back from "../../shared/icons/chevron-left.svg?raw";
import book from "../../shared/icons/book.svg?raw";
import camera from "../../shared/icons/camera.svg?raw";
import check from "../../shared/icons/check.svg?raw";
import cloudOff from "../../shared/icons/cloud-off.svg?raw";
import download from "../../shared/icons/download.svg?raw";
import findings from "../../shared/icons/alert-circle.svg?raw";
import forward from "../../shared/icons/chevron-right.svg?raw";
import eyeOff from "../../shared/icons/eye-off.svg?raw";
import file from "../../shared/icons/paperclip.svg?raw";
import audio from "../../shared/icons/microphone.svg?raw";
import me from "../../shared/icons/user-circle.svg?raw";
import notes from "../../shared/icons/notes.svg?raw";
import phone from "../../shared/icons/phone.svg?raw";
import photo from "../../shared/icons/photo.svg?raw";
import place from "../../shared/icons/map-pin.svg?raw";
import plus from "../../shared/icons/plus.svg?raw";
import refresh from "../../shared/icons/refresh.svg?raw";
import schools from "../../shared/icons/school.svg?raw";
import sign from "../../shared/icons/signature.svg?raw";
import today from "../../shared/icons/calendar-event.svg?raw";
import trash from "../../shared/icons/trash.svg?raw";
import up from "../../shared/icons/cloud-upload.svg?raw";
import video from "../../shared/icons/video.svg?raw";
import x from "../../shared/icons/x.svg?raw";

export const ICONS = {
  alert, audio, back, book, camera, check, cloudOff, download, eyeOff, file, findings, forward, me, notes, phone, photo, place, plus,
  refresh, schools, sign, today, trash, up, video, x,
};

export type IconName = keyof typeof ICONS;
