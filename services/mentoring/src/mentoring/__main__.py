from common.process import main
from mentoring.service import SERVICE

main(SERVICE)
