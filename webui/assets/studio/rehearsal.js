// 推演: everything is in its folder.
import './rehearsal/page.jsx';
