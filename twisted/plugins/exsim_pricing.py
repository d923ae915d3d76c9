"""The pricing sources that come with exsim."""

from exsim.plugins import PricingPlugin

fixed = PricingPlugin("fixed", "exsim.pricing.fixed.Fixed", "Prices that never change.")
manual = PricingPlugin("manual", "exsim.pricing.manual.Manual", "Prices that are set by hand.")
