"""The pricing sources that come with exsim."""

from exsim.plugins import PricingPlugin

file = PricingPlugin("file", "exsim.pricing.file.File", "Prices that were recorded in a file.")
fixed = PricingPlugin("fixed", "exsim.pricing.fixed.Fixed", "Prices that never change.")
random_walk = PricingPlugin(
    "random-walk", "exsim.pricing.random_walk.RandomWalk", "Up or down by some ticks each time."
)
manual = PricingPlugin("manual", "exsim.pricing.manual.Manual", "Prices that are set by hand.")
