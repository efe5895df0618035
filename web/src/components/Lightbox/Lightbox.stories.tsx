import { drawnImage } from "../ChatWindow/storyMessages";
import { Lightbox } from "./Lightbox";

export default { title: "Lightbox" };

const images = [120, 200, 300].map((hue) => ({
  key: `${hue}`,
  url: drawnImage(1600, 1200, hue),
  name: `фото-${hue}.jpg`,
  width: 1600,
  height: 1200,
}));

export const Several = () => <Lightbox images={images} openKey="200" onClose={() => {}} />;
export const One = () => <Lightbox images={images.slice(0, 1)} openKey="120" onClose={() => {}} />;

const broken = { key: "gone", url: "/gone.jpg", name: "фото.jpg", width: 1600, height: 1200 };
export const Broken = () => <Lightbox images={[broken]} openKey="gone" onClose={() => {}} />;
