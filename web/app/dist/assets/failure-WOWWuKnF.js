import{t as x,f as C,u as $,al as p,i as G,j,B as I,k as P,n as o,X as v}from"./SignIn-CXSYPnuX.js";function R(e){return x.Children.toArray(e).filter(Boolean)}var h={root:"m_4081bf90"};const O={preventGrowOverflow:!0,gap:"md",align:"center",justify:"flex-start",wrap:"wrap"},T=P((e,{grow:a,preventGrowOverflow:s,gap:t,align:n,justify:r,wrap:i},{childWidth:c})=>({root:{"--group-child-width":a&&s?c:void 0,"--group-gap":p(t),"--group-align":n,"--group-justify":r,"--group-wrap":i}})),g=C((e,a)=>{const s=$("Group",O,e),{classNames:t,className:n,style:r,styles:i,unstyled:c,children:f,gap:m,align:q,justify:U,wrap:X,grow:y,preventGrowOverflow:H,vars:k,variant:_,__size:b,mod:E,attributes:M,...N}=s,l=R(f),u=l.length,d=p(m??"md"),S={childWidth:`calc(${100/u}% - (${d} - ${d} / ${u}))`},w=G({name:"Group",props:s,stylesCtx:S,className:n,style:r,classes:h,classNames:t,styles:i,unstyled:c,attributes:M,vars:k,varsResolver:T});return j.jsx(I,{...w("root"),ref:a,variant:_,mod:[{grow:y},E],size:b,...N,children:l})});g.classes=h;g.displayName="@mantine/core/Group";/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const A=[["path",{d:"M21 14l-3 -3h-7a1 1 0 0 1 -1 -1v-6a1 1 0 0 1 1 -1h9a1 1 0 0 1 1 1v10",key:"svg-0"}],["path",{d:"M14 15v2a1 1 0 0 1 -1 1h-7l-3 3v-10a1 1 0 0 1 1 -1h2",key:"svg-1"}]],L=o("outline","messages","Messages",A);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const B=[["path",{d:"M4 20h4l10.5 -10.5a2.828 2.828 0 1 0 -4 -4l-10.5 10.5v4",key:"svg-0"}],["path",{d:"M13.5 6.5l4 4",key:"svg-1"}]],Y=o("outline","pencil","Pencil",B);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const D=[["path",{d:"M10 11h-4a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1h3a1 1 0 0 1 1 1v6c0 2.667 -1.333 4.333 -4 5",key:"svg-0"}],["path",{d:"M19 11h-4a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1h3a1 1 0 0 1 1 1v6c0 2.667 -1.333 4.333 -4 5",key:"svg-1"}]],Z=o("outline","quote","Quote",D);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const F=[["path",{d:"M16 18a2 2 0 0 1 2 2a2 2 0 0 1 2 -2a2 2 0 0 1 -2 -2a2 2 0 0 1 -2 2m0 -12a2 2 0 0 1 2 2a2 2 0 0 1 2 -2a2 2 0 0 1 -2 -2a2 2 0 0 1 -2 2m-7 12a6 6 0 0 1 6 -6a6 6 0 0 1 -6 -6a6 6 0 0 1 -6 6a6 6 0 0 1 6 6",key:"svg-0"}]],ee=o("outline","sparkles","Sparkles",F);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const V=[["path",{d:"M7 10h3v-3l-3.5 -3.5a6 6 0 0 1 8 8l6 6a2 2 0 0 1 -3 3l-6 -6a6 6 0 0 1 -8 -8l3.5 3.5",key:"svg-0"}]],oe=o("outline","tool","Tool",V);/**
 * @license @tabler/icons-react v3.51.0 - MIT
 *
 * This source code is licensed under the MIT license.
 * See the LICENSE file in the root directory of this source tree.
 */const z=[["path",{d:"M15 8a5 5 0 0 1 0 8",key:"svg-0"}],["path",{d:"M17.7 5a9 9 0 0 1 0 14",key:"svg-1"}],["path",{d:"M6 15h-2a1 1 0 0 1 -1 -1v-4a1 1 0 0 1 1 -1h2l3.5 -4.5a.8 .8 0 0 1 1.5 .5v14a.8 .8 0 0 1 -1.5 .5l-3.5 -4.5",key:"svg-2"}]],ae=o("outline","volume","Volume",z);function se(e){if(!e.isSecureContext)return"insecure";if(!e.RTCPeerConnection||!e.navigator.mediaDevices?.getUserMedia)return"unsupported"}const Q={503:"busy",429:"limit",502:"unreachable",504:"unreachable"},W={NotAllowedError:"refused",SecurityError:"refused",PermissionDeniedError:"refused",NotReadableError:"taken",TrackStartError:"taken",AbortError:"taken",NotFoundError:"no-microphone",DevicesNotFoundError:"no-microphone",OverconstrainedError:"no-microphone"};function te(e){if(e instanceof v)return{failure:Q[e.problem.status]??"server",detail:e.message};if(e instanceof TypeError)return{failure:"unreachable",detail:e.message};const a=typeof e=="object"&&e!==null&&"name"in e?String(e.name):"";return{failure:W[a]??"server",detail:e instanceof Error?e.message:String(e)}}function ne(e){return e instanceof v&&[401,404,409,410].includes(e.problem.status)}export{g as G,L as I,Z as a,oe as b,Y as c,ae as d,ee as e,te as f,ne as i,se as o};
