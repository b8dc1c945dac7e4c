import{r as w,f as x,u as C,an as p,l as G,j as I,B as j,m as P,p as o,_ as v}from"./SignIn--RziAbqH.js";function R(e){return w.Children.toArray(e).filter(Boolean)}var h={root:"m_4081bf90"};const O={preventGrowOverflow:!0,gap:"md",align:"center",justify:"flex-start",wrap:"wrap"},T=P((e,{grow:a,preventGrowOverflow:s,gap:t,align:n,justify:r,wrap:c},{childWidth:i})=>({root:{"--group-child-width":a&&s?i:void 0,"--group-gap":p(t),"--group-align":n,"--group-justify":r,"--group-wrap":c}})),g=x((e,a)=>{const s=C("Group",O,e),{classNames:t,className:n,style:r,styles:c,unstyled:i,children:f,gap:m,align:U,justify:H,wrap:J,grow:y,preventGrowOverflow:K,vars:k,variant:_,__size:E,mod:M,attributes:b,...N}=s,l=R(f),u=l.length,d=p(m??"md"),S={childWidth:`calc(${100/u}% - (${d} - ${d} / ${u}))`},$=G({name:"Group",props:s,stylesCtx:S,className:n,style:r,classes:h,classNames:t,styles:c,unstyled:i,attributes:b,vars:k,varsResolver:T});return I.jsx(j,{...$("root"),ref:a,variant:_,mod:[{grow:y},M],size:E,...N,children:l})});g.classes=h;g.displayName="@mantine/core/Group";/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const A=[["path",{d:"M10 12a2 2 0 1 0 4 0a2 2 0 0 0 -4 0",key:"svg-0"}],["path",{d:"M21 12c-2.4 4 -5.4 6 -9 6c-3.6 0 -6.6 -2 -9 -6c2.4 -4 5.4 -6 9 -6c3.6 0 6.6 2 9 6",key:"svg-1"}]],Y=o("outline","eye","Eye",A);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const B=[["path",{d:"M21 14l-3 -3h-7a1 1 0 0 1 -1 -1v-6a1 1 0 0 1 1 -1h9a1 1 0 0 1 1 1v10",key:"svg-0"}],["path",{d:"M14 15v2a1 1 0 0 1 -1 1h-7l-3 3v-10a1 1 0 0 1 1 -1h2",key:"svg-1"}]],Z=o("outline","messages","Messages",B);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const D=[["path",{d:"M4 20h4l10.5 -10.5a2.828 2.828 0 1 0 -4 -4l-10.5 10.5v4",key:"svg-0"}],["path",{d:"M13.5 6.5l4 4",key:"svg-1"}]],ee=o("outline","pencil","Pencil",D);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const F=[["path",{d:"M10 11h-4a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1h3a1 1 0 0 1 1 1v6c0 2.667 -1.333 4.333 -4 5",key:"svg-0"}],["path",{d:"M19 11h-4a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1h3a1 1 0 0 1 1 1v6c0 2.667 -1.333 4.333 -4 5",key:"svg-1"}]],oe=o("outline","quote","Quote",F);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const V=[["path",{d:"M16 18a2 2 0 0 1 2 2a2 2 0 0 1 2 -2a2 2 0 0 1 -2 -2a2 2 0 0 1 -2 2m0 -12a2 2 0 0 1 2 2a2 2 0 0 1 2 -2a2 2 0 0 1 -2 -2a2 2 0 0 1 -2 2m-7 12a6 6 0 0 1 6 -6a6 6 0 0 1 -6 -6a6 6 0 0 1 -6 6a6 6 0 0 1 6 6",key:"svg-0"}]],ae=o("outline","sparkles","Sparkles",V);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const z=[["path",{d:"M7 10h3v-3l-3.5 -3.5a6 6 0 0 1 8 8l6 6a2 2 0 0 1 -3 3l-6 -6a6 6 0 0 1 -8 -8l3.5 3.5",key:"svg-0"}]],se=o("outline","tool","Tool",z);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const Q=[["path",{d:"M15 8a5 5 0 0 1 0 8",key:"svg-0"}],["path",{d:"M17.7 5a9 9 0 0 1 0 14",key:"svg-1"}],["path",{d:"M6 15h-2a1 1 0 0 1 -1 -1v-4a1 1 0 0 1 1 -1h2l3.5 -4.5a.8 .8 0 0 1 1.5 .5v14a.8 .8 0 0 1 -1.5 .5l-3.5 -4.5",key:"svg-2"}]],te=o("outline","volume","Volume",Q);function ne(e){if(!e.isSecureContext)return"insecure";if(!e.RTCPeerConnection||!e.navigator.mediaDevices?.getUserMedia)return"unsupported"}const W={503:"busy",429:"limit",502:"unreachable",504:"unreachable"},q={NotAllowedError:"refused",SecurityError:"refused",PermissionDeniedError:"refused",NotReadableError:"taken",TrackStartError:"taken",AbortError:"taken",NotFoundError:"no-microphone",DevicesNotFoundError:"no-microphone",OverconstrainedError:"no-microphone"};function re(e){if(e instanceof v)return{failure:W[e.problem.status]??"server",detail:e.message};if(e instanceof TypeError)return{failure:"unreachable",detail:e.message};const a=typeof e=="object"&&e!==null&&"name"in e?String(e.name):"";return{failure:q[a]??"server",detail:e instanceof Error?e.message:String(e)}}function ce(e){return e instanceof v&&[401,404,409,410].includes(e.problem.status)}export{g as G,Z as I,oe as a,se as b,ee as c,Y as d,te as e,ae as f,re as g,ce as i,ne as o};
