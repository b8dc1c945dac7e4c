package bargein

// What is asked, and what the bot is saying when it is interrupted.
var (
	questions = map[string]string{"en": "how do I return it", "zh": "怎么退货"}
	replies   = map[string]string{
		"en": "You can return unworn items within thirty days of delivery, and we refund them to the card you paid with. " +
			"First, open your order on the website, choose the items that you want to send back, and print the label. " +
			"Then put everything into the original box, stick the label on top, and hand the parcel to any post office near you. " +
			"As soon as it reaches our warehouse in Manchester, somebody looks it over, which usually takes two working days. " +
			"After that the money is on its way, and your bank may need up to five more days before it shows.",
		"zh": "您可以在收到商品后的三十天内申请退货，只要没有使用过，我们就会把钱退回原来的支付账户。" +
			"请先在网站上打开您的订单，选择需要退回的商品，然后打印退货标签。" +
			"接着把商品放回原来的盒子，把标签贴在上面，再交给附近的任何一家邮局。" +
			"仓库收到以后会有专人检查，一般需要两个工作日。" +
			"检查完成以后退款就会发出，银行可能还需要三到五天才能到账。",
	}
)
