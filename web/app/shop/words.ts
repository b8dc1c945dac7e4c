import type { Locale } from '../core/locale'

// Every sentence of the demo company's page. What it says of goods and rules is what the
// company's knowledge says.

const en = {
  shop: 'Brightwood Audio',
  language: '中文',
  scheme: 'Light or dark',
  skip: 'To the content',
  nav: { products: 'Products', orders: 'Orders', returns: 'Returns', help: 'Help' },
  tagline: 'Sound that is fixed, not thrown away.',
  lead: 'Headphones and speakers whose every part can be replaced. Three years of warranty, thirty days to change your mind.',
  ask: 'Ask or call us',
  look: 'See the products',
  demo: { title: 'A demo shop: try its assistant', note: 'It also knows Fairhaven travel and home insurance.' },
  tries: [
    { title: 'Call and ask', what: 'Open the chat, press Call, wait for the greeting, and ask a question aloud.' },
    { title: 'Interrupt', what: 'Say “Stop. Can I return them?” while it speaks. It yields, and what you did not hear is struck through.' },
    { title: 'Write, in either language', what: '「旅行险赔行李丢失吗？」 – the same assistant answers, with its source.' },
  ],
  products: [
    { name: 'Brightwood One', what: 'Closed over-ear headphones. 40 hours of battery, every part replaced with one screwdriver.', price: '$129', ask: 'What is the Brightwood One?' },
    { name: 'Brightwood Air', what: 'In-ear headphones with noise cancelling. 8 hours, 30 with the case. Sweat and rain are fine.', price: '$89', ask: 'What is the Brightwood Air?' },
    { name: 'Brightwood Room', what: 'A speaker for a living room, with Wi-Fi and Bluetooth. Two make a stereo pair.', price: '$249', ask: 'What is the Brightwood Room?' },
  ],
  about: 'Ask about it', put: 'Add to cart', taken: 'In the cart', buy: 'Buy (demo)', bought: 'Bought: thank you',
  orders: {
    title: 'Your orders',
    note: 'The assistant asks for the last four digits of the phone before it tells anything.',
    list: [
      { number: '204815', what: 'Brightwood One, black', state: 'On its way', phone: 'phone ending 0147', ask: 'Where is my order 204815?' },
      { number: '318062', what: 'Brightwood Air, white', state: 'On its way', phone: 'phone ending 0175', ask: 'Where is my order 318062?' },
      { number: '205101', what: 'Two Brightwood Room, oak', state: 'Being packed', phone: 'phone ending 0147', ask: 'Can I cancel my order 205101?' },
    ],
    where: 'Where is it?', cancel: 'Cancel it',
  },
  returns: {
    title: 'Returns in three steps',
    steps: [
      { title: 'Within 30 days', what: 'Opened or not, as long as it is complete and undamaged.' },
      { title: 'Print the label', what: 'Open your order, choose Return, and print the prepaid label.' },
      { title: 'Drop it off', what: 'At any post office. Returns within the country are free.' },
    ],
    begin: 'Start a return', ask: 'I would like to return my headphones.',
  },
  questions: { title: 'Questions people ask', list: ['Can I return headphones after three weeks?', 'How long does delivery take?', 'What does the warranty cover?', 'Does travel insurance cover lost luggage?'] },
  footer: 'People are here Monday to Friday 9 to 6, Saturday 10 to 4. The assistant answers at all hours.',
  place: 'Listening room: 12 Mill Street, next to the old station.',
}

export type Words = typeof en

const zh: Words = {
  shop: '明木音响',
  language: 'English',
  scheme: '浅色或深色',
  skip: '跳到内容',
  nav: { products: '产品', orders: '订单', returns: '退货', help: '帮助' },
  tagline: '好声音，坏了能修，不必换新。',
  lead: '每个零件都能更换的耳机和音箱。三年保修，三十天内可以退货。',
  ask: '咨询或打电话',
  look: '看看产品',
  demo: { title: '演示商店：试试它的助手', note: '它也了解安港保险的旅行险和家财险。' },
  tries: [
    { title: '打电话提问', what: '打开聊天，按“打电话”，听完问候，直接开口问。' },
    { title: '打断它', what: '它说话时说“停，能退货吗？”。它会马上让您说，没听到的内容会划掉。' },
    { title: '中英文都能写', what: '“Does the warranty cover batteries?” 同一个助手回答，并注明来源。' },
  ],
  products: [
    { name: 'Brightwood One', what: '封闭式头戴耳机，续航 40 小时，每个零件用一把螺丝刀就能更换。', price: '129 美元', ask: 'Brightwood One 是什么？' },
    { name: 'Brightwood Air', what: '主动降噪入耳式耳机，续航 8 小时，配合充电盒 30 小时，防汗防雨。', price: '89 美元', ask: 'Brightwood Air 是什么？' },
    { name: 'Brightwood Room', what: '客厅音箱，支持无线网络和蓝牙，两台组成立体声。', price: '249 美元', ask: 'Brightwood Room 是什么？' },
  ],
  about: '咨询这款', put: '加入购物车', taken: '已在购物车', buy: '购买（演示）', bought: '已购买，谢谢',
  orders: {
    title: '您的订单',
    note: '助手会先核对手机号后四位，再告诉您订单情况。',
    list: [
      { number: '204815', what: 'Brightwood One，黑色', state: '运输中', phone: '手机尾号 0147', ask: '我的订单204815到哪了？' },
      { number: '318062', what: 'Brightwood Air，白色', state: '运输中', phone: '手机尾号 0175', ask: '我的订单318062到哪了？' },
      { number: '205101', what: 'Brightwood Room 两台，橡木色', state: '备货中', phone: '手机尾号 0147', ask: '订单205101可以取消吗？' },
    ],
    where: '到哪了？', cancel: '取消订单',
  },
  returns: {
    title: '三步退货',
    steps: [
      { title: '30 天内', what: '拆封也可以，只要配件齐全、没有损坏。' },
      { title: '打印面单', what: '打开您的订单，选择“退货”，打印预付运费的面单。' },
      { title: '交到邮局', what: '任意邮局都可以，境内退货免运费。' },
    ],
    begin: '开始退货', ask: '我想退耳机。',
  },
  questions: { title: '大家常问', list: ['耳机买了三个星期还能退吗？', '多久能送到？', '保修包括哪些？', '旅行险赔行李丢失吗？'] },
  footer: '人工服务周一到周五 9 点到 18 点，周六 10 点到 16 点。智能客服全天在线。',
  place: '试听室：磨坊街 12 号，老车站旁边。',
}

export const words: Record<Locale, Words> = { en, 'zh-CN': zh }
